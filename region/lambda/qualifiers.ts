import type * as api from '@aws-sdk/client-lambda';
import { AwsError, type Operation } from '../service';
import type { Functions, Statement } from './functions';

/** Aliases: names for versions. */
export function aliasOperations(functions: Functions): Record<string, Operation> {
  const describe = (functionName: string, name: string): api.AliasConfiguration => {
    const found = functions.get(functionName);
    const alias = found.aliases.get(name);
    if (!alias) {
      throw new AwsError('ResourceNotFoundException', `Alias not found: ${found.latest.arn}:${name}`, 404);
    }
    return {
      AliasArn: `${found.latest.arn}:${name}`,
      Name: name,
      FunctionVersion: alias.version,
      Description: alias.description ?? '',
    };
  };
  const put = (input: api.CreateAliasCommandInput | api.UpdateAliasCommandInput): api.AliasConfiguration => {
    if (Object.keys(input.RoutingConfig?.AdditionalVersionWeights ?? {}).length > 0) {
      throw new AwsError(
        'InvalidParameterValueException',
        'RoutingConfig: weighted aliases are not played here',
      );
    }
    const found = functions.get(input.FunctionName!);
    const previous = found.aliases.get(input.Name!);
    const version = input.FunctionVersion ?? previous!.version;
    functions.version(input.FunctionName!, version);
    found.aliases.set(input.Name!, { version, description: input.Description ?? previous?.description });
    return describe(input.FunctionName!, input.Name!);
  };
  return {
    CreateAlias: (input: api.CreateAliasCommandInput) => {
      const { aliases, latest } = functions.get(input.FunctionName!);
      if (aliases.has(input.Name!)) {
        throw new AwsError(
          'ResourceConflictException',
          `Alias already exists: ${latest.arn}:${input.Name}`,
          409,
        );
      }
      return put(input);
    },
    UpdateAlias: (input: api.UpdateAliasCommandInput) => {
      describe(input.FunctionName!, input.Name!);
      return put(input);
    },
    GetAlias: ({ FunctionName, Name }: api.GetAliasCommandInput) => describe(FunctionName!, Name!),
    DeleteAlias: ({ FunctionName, Name }: api.DeleteAliasCommandInput) => {
      functions.get(FunctionName!).aliases.delete(Name!);
    },
    ListAliases: ({ FunctionName }: api.ListAliasesCommandInput) => ({
      Aliases: [...functions.get(FunctionName!).aliases.keys()].map((name) => describe(FunctionName!, name)),
    }),
  };
}

/** The resource policy of a function. It is recorded: who may invoke is not enforced here. */
export function permissionOperations(functions: Functions): Record<string, Operation> {
  const statementOf = (input: api.AddPermissionCommandInput): Statement => {
    const { SourceArn, SourceAccount, PrincipalOrgID } = input;
    const condition = {
      ...(SourceArn && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
      ...((SourceAccount || PrincipalOrgID) && {
        StringEquals: {
          ...(SourceAccount && { 'AWS:SourceAccount': SourceAccount }),
          ...(PrincipalOrgID && { 'aws:PrincipalOrgID': PrincipalOrgID }),
        },
      }),
    };
    return {
      Sid: input.StatementId!,
      Effect: 'Allow',
      Principal: input.Principal!.includes('amazonaws.com')
        ? { Service: input.Principal }
        : { AWS: input.Principal },
      Action: input.Action,
      Resource: functions.version(input.FunctionName!, input.Qualifier).arn,
      ...(Object.keys(condition).length > 0 && { Condition: condition }),
    };
  };
  const missing = () =>
    new AwsError('ResourceNotFoundException', 'No policy is associated with the given resource.', 404);
  return {
    AddPermission: (input: api.AddPermissionCommandInput) => {
      const { statements } = functions.get(input.FunctionName!);
      if (statements.has(input.StatementId!)) {
        throw new AwsError(
          'ResourceConflictException',
          `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
          409,
        );
      }
      const statement = statementOf(input);
      statements.set(statement.Sid, statement);
      return { Statement: JSON.stringify(statement) };
    },
    RemovePermission: ({ FunctionName, StatementId }: api.RemovePermissionCommandInput) => {
      if (!functions.get(FunctionName!).statements.delete(StatementId!)) throw missing();
    },
    GetPolicy: ({ FunctionName }: api.GetPolicyCommandInput) => {
      const { statements } = functions.get(FunctionName!);
      if (statements.size === 0) throw missing();
      const policy = { Version: '2012-10-17', Id: 'default', Statement: [...statements.values()] };
      return { Policy: JSON.stringify(policy), RevisionId: String(statements.size) };
    },
  };
}
