import { CodeBuildStep, type IFileSetProducer } from 'aws-cdk-lib/pipelines';
import { DEPENDENCIES } from './build-environment';

/**
 * Tests and synthesizes this app. The dependencies live in the build cache and are installed anew only when
 * package-lock.json has changed; CodeBuild links cached folders, and npm would replace a linked node_modules.
 */
export function synthStep(source: IFileSetProducer): CodeBuildStep {
  const installed = `${DEPENDENCIES}/installed.json`;
  const install = [
    `rm -f ${installed}`,
    `cp package.json package-lock.json ${DEPENDENCIES}/`,
    `npm ci --no-audit --no-fund --prefix ${DEPENDENCIES}`,
    `cp package-lock.json ${installed}`,
  ].join(' && ');

  return new CodeBuildStep('Synth', {
    input: source,
    installCommands: [
      `mkdir -p ${DEPENDENCIES}`,
      `cmp -s package-lock.json ${installed} || { ${install}; }`,
      `ln -sfn ${DEPENDENCIES}/node_modules node_modules`,
    ],
    commands: ['npm run test:app', 'npx cdk synth --quiet'],
  });
}
