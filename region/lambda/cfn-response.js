const https = require('node:https');

/**
 * What Lambda puts beside code that stands in a template, for handlers of custom resources.
 * @see CloudFormation Template Reference: AWS::Lambda::Function Code, "cfn-response module"
 */
exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';

/** Answers a request of CloudFormation; without an id of its own the resource is named after the log stream. */
exports.send = (event, context, status, data, physicalId, noEcho = false) => {
  const { StackId, RequestId, LogicalResourceId } = event;
  const answer = {
    ...{ StackId, RequestId, LogicalResourceId },
    Status: status,
    Reason: `See the details in CloudWatch Log Stream: ${context.logStreamName}`,
    PhysicalResourceId: physicalId || context.logStreamName,
    NoEcho: noEcho,
    Data: data,
  };
  const body = JSON.stringify(answer);
  const { hostname, pathname, search } = new URL(event.ResponseURL);
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  const request = https.request(
    { hostname, port: 443, path: pathname + search, method: 'PUT', headers },
    (response) => {
      response.resume();
      context.done?.();
    },
  );
  request.on('error', (error) => console.error('CloudFormation took no answer:', error));
  request.end(body);
};
