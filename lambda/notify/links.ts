/* Pages of the console. */

export function executionUrl(pipeline: string, executionId: string): string {
  return page(`codepipeline/pipelines/${pipeline}/executions/${executionId}/timeline`);
}

export function commitUrl(repository: string, commitId: string): string {
  return page(`codecommit/repositories/${repository}/commit/${commitId}`);
}

export function deploymentUrl(deploymentId: string): string {
  return page(`codedeploy/deployments/${deploymentId}`);
}

function page(path: string): string {
  const region = process.env.AWS_REGION;
  return `https://${region}.console.aws.amazon.com/codesuite/${path}?region=${region}`;
}
