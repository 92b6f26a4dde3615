import type { AuditLevel } from '../config/security';

/**
 * Looks the dependencies up among the known vulnerabilities. One of that severity or above ends the build. A registry
 * that answers no audits ends none: npm has the same exit code for both, but only a report names its version.
 *
 * @see https://docs.npmjs.com/cli/commands/npm-audit
 */
export function auditCommand(level: AuditLevel): string {
  const audit = `npm audit --omit=dev --audit-level=${level}`;
  return [
    `if ${audit} --fetch-retries=0 --fetch-timeout=10000 --json > audit.json; then echo 'Audit: no known vulnerability of severity ${level} or above'`,
    `elif grep -q auditReportVersion audit.json; then ${audit}`,
    "else echo 'Audit: the registry did not answer; the dependencies were not audited'; fi",
  ].join('; ');
}

/** Writes the software bill of materials beside the templates: it is kept with the artifact that is deployed. */
export const SBOM_COMMAND =
  'npm sbom --omit=dev --package-lock-only --sbom-format=cyclonedx > cdk.out/sbom.json';
