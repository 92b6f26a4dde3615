import type {
  GetTemplateSummaryOutput,
  ParameterDeclaration as ParameterSummary,
  ValidateTemplateOutput,
} from '@aws-sdk/client-cloudformation';
import { capabilitiesOf } from './capabilities';
import { checkReferences } from './references';
import { parseTemplate, type Template } from './template';

type Output<T> = Omit<T, '$metadata'>;

/** What GetTemplateSummary tells of a template. */
export function summarizeTemplate(body: string): Output<GetTemplateSummaryOutput> {
  const template = checked(body);
  const resources = Object.entries(template.Resources);
  const types = [...new Set(resources.map(([, { Type }]) => Type))];
  return {
    ...capabilities(template),
    Parameters: parameters(template),
    Description: template.Description,
    ResourceTypes: types,
    Version: template.AWSTemplateFormatVersion,
    Metadata: template.Metadata && JSON.stringify(template.Metadata),
    DeclaredTransforms: [template.Transform ?? []].flat(),
    ResourceIdentifierSummaries: types.map((ResourceType) => ({
      ResourceType,
      LogicalResourceIds: resources.flatMap(([id, { Type }]) => (Type === ResourceType ? [id] : [])),
    })),
  };
}

/** What ValidateTemplate tells of a template. @throws ValidationError */
export function validateTemplate(body: string): Output<ValidateTemplateOutput> {
  const template = checked(body);
  return {
    ...capabilities(template),
    Parameters: parameters(template).map(({ ParameterKey, DefaultValue, NoEcho, Description }) => ({
      ParameterKey,
      DefaultValue,
      NoEcho,
      Description,
    })),
    Description: template.Description,
    DeclaredTransforms: [template.Transform ?? []].flat(),
  };
}

function checked(body: string): Template {
  const template = parseTemplate(body);
  checkReferences(template);
  return template;
}

function capabilities(template: Template) {
  const Capabilities = capabilitiesOf(template);
  return Capabilities.length === 0
    ? {}
    : {
        Capabilities,
        CapabilitiesReason: `The following resource(s) require capabilities: [${[
          ...new Set(
            Object.values(template.Resources)
              .map(({ Type }) => Type)
              .filter((type) => type.startsWith('AWS::IAM::')),
          ),
        ].join(', ')}]`,
      };
}

function parameters(template: Template): ParameterSummary[] {
  return Object.entries(template.Parameters ?? {}).map(([name, parameter]) => ({
    ParameterKey: name,
    ParameterType: parameter.Type,
    DefaultValue: parameter.Default === undefined ? undefined : String(parameter.Default),
    NoEcho: String(parameter.NoEcho) === 'true',
    Description: parameter.Description,
    ParameterConstraints: { AllowedValues: parameter.AllowedValues?.map(String) },
  }));
}
