import { CodeBuildStep, type IFileSetProducer } from 'aws-cdk-lib/pipelines';
import type { AuditLevel } from '../config/security';
import { DEPENDENCIES } from './build-environment';
import { auditCommand, SBOM_COMMAND } from './supply-chain';

const INSTALLED = `${DEPENDENCIES}/installed.json`;
const INSTALL = [
  `rm -f ${INSTALLED}`,
  `cp package.json package-lock.json ${DEPENDENCIES}/`,
  `npm ci --no-audit --no-fund --prefix ${DEPENDENCIES}`,
  `cp package-lock.json ${INSTALLED}`,
].join(' && ');

/**
 * Installs the app's dependencies. They live in the build cache and are installed anew only when package-lock.json has
 * changed; CodeBuild links cached folders, and npm would replace a linked node_modules.
 */
export const INSTALL_COMMANDS = [
  `mkdir -p ${DEPENDENCIES}`,
  `cmp -s package-lock.json ${INSTALLED} || { ${INSTALL}; }`,
  `ln -sfn ${DEPENDENCIES}/node_modules node_modules`,
];

/**
 * Audits, tests and synthesizes this app.
 *
 * @param further commands after that, which put something beside the templates
 */
export function synthStep(
  source: IFileSetProducer,
  auditLevel: AuditLevel,
  further: readonly string[] = [],
): CodeBuildStep {
  return new CodeBuildStep('Synth', {
    input: source,
    installCommands: INSTALL_COMMANDS,
    commands: [
      auditCommand(auditLevel),
      'npm run test:app',
      'npx cdk synth --quiet',
      SBOM_COMMAND,
      ...further,
    ],
  });
}
