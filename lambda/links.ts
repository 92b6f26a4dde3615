/* Pages of the console. */

export function executionUrl(pipeline: string, executionId: string): string {
  return page(`codepipeline/pipelines/${pipeline}/executions/${executionId}/timeline`);
}

export function commitUrl(repository: string, commitId: string): string {
  return page(`codecommit/repositories/${repository}/commit/${commitId}`);
}

/** @param region the deployment's, where it is not the function's own */
export function deploymentUrl(deploymentId: string, region?: string): string {
  return page(`codedeploy/deployments/${deploymentId}`, region);
}

/** The console has its addresses encoded twice, with $ for %. */
export function logsUrl(logGroup: string, region = process.env.AWS_REGION): string {
  const name = encodeURIComponent(encodeURIComponent(logGroup)).replaceAll('%', '$');
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${name}`;
}

/** The requests of the last hour that a revision has failed, in X-Ray. */
export function failedRequestsUrl(
  service: string,
  revision: string,
  region = process.env.AWS_REGION,
): string {
  const filter = `service("${service}") AND annotation[otel.resource.service.version] = "${revision}" AND fault`;
  return `https://${region}.console.aws.amazon.com/xray/home?region=${region}#/traces?timeRange=PT1H&filter=${encodeURIComponent(filter)}`;
}

function page(path: string, region = process.env.AWS_REGION): string {
  return `https://${region}.console.aws.amazon.com/codesuite/${path}?region=${region}`;
}
