import { CodePipelineClient } from '@aws-sdk/client-codepipeline';
import { revisionOf } from './candidate';
import { Fleet } from './fleet';
import { Load } from './load';
import { RollbackProof } from './proof';
import { type ProofSettings, proofVariables } from './settings';

/*
 * The program of the build that proves a rollback. One process sends the requests and moves the fleet, so that "no
 * request failed" is what a client saw, and is known together with what was being done.
 */

const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

async function main(): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stopped.abort());

  const { ROLLBACK_PROOF, EXECUTION_ID: executionId, SERVICE_URL: url } = proofVariables();
  const settings: ProofSettings = JSON.parse(ROLLBACK_PROOF);
  const candidate = await revisionOf(new CodePipelineClient(), settings, executionId);
  if (!candidate) return log('Nothing to prove: a rollback of the stage is the way back itself');
  const { requestsPerSecond, paths } = settings;
  const load = new Load({ url, requestsPerSecond, paths });
  const proof = new RollbackProof(settings, new Fleet(settings), load, log);
  log(await proof.run(candidate, stopped.signal));
}

main().catch((error: Error) => {
  log(error.message);
  process.exitCode = 1;
});
