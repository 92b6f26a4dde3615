import { lambdaInvoke as action } from '../actions/lambda-invoke';
import type { RuleProvider } from './rule-provider';

/**
 * Calls a function and succeeds as it answers. The rule reference does not give the contract: it is modelled as that of
 * the Lambda action, a job that the function ends by PutJobSuccessResult or PutJobFailureResult.
 * @see https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-LambdaInvoke.html
 */
export const lambdaInvoke: RuleProvider = {
  inputs: [0, 5],
  configuration: { FunctionName: 'required', UserParameters: 'optional' },
  timeoutInMinutes: action.timeoutInMinutes,

  async run(context) {
    await action.run(context);
    return `function ${context.configuration.FunctionName} reported success`;
  },
};
