import { Aws, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Delivery, Environment } from '../config/delivery';

/** Where the CloudWatch agent takes spans on every instance: OTLP over HTTP. */
const COLLECTOR = '127.0.0.1:4318';

/** Key under which X-Ray indexes the environment. The service names it in `aws.xray.annotations`. */
const ENVIRONMENT = 'otel.resource.deployment.environment.name';

/**
 * The part of the CloudWatch agent's configuration that takes spans and sends them to X-Ray.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-Configuration-File-Details.html#CloudWatch-Agent-Configuration-File-Tracessection
 */
export const TRACES_SECTION = { traces_collected: { otlp: { http_endpoint: COLLECTOR } } };

/**
 * Environment variables of the service by which its OpenTelemetry SDK knows what to trace and where to.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables
 */
export function tracingVariables(delivery: Delivery, { name }: Environment): Record<string, string> {
  if (!delivery.tracing) return {};
  const attributes = {
    'deployment.environment.name': name,
    'cloud.provider': 'aws',
    'cloud.platform': 'aws_ec2',
    'cloud.region': Aws.REGION,
  };
  return {
    OTEL_SERVICE_NAME: delivery.service,
    OTEL_RESOURCE_ATTRIBUTES: Object.entries(attributes)
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${COLLECTOR}`,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: String(delivery.tracing.samplePercent / 100),
  };
}

/** Lets the CloudWatch agent send segments to X-Ray, and say how that went. */
export function grantTracing(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({ actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], resources: ['*'] }),
  );
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'X-Ray has no resources that permission to send segments could be narrowed to.',
  });
}

/**
 * Page of the console with the failed requests of an environment, of the last hour.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-deeplinks.html
 */
export function failedRequests({ service }: Delivery, { name }: Environment): string {
  const filter = `service("${service}") AND annotation[${ENVIRONMENT}] = "${name}" AND fault`;
  return `https://${Aws.REGION}.console.aws.amazon.com/xray/home?region=${Aws.REGION}#/traces?timeRange=PT1H&filter=${encodeURIComponent(filter)}`;
}
