import { version as cdk } from 'aws-cdk/package.json';
import { version as cdkAssets } from 'cdk-assets/package.json';

/**
 * Versions of the tools the pipeline installs for itself: those of package-lock.json. Left open, a release of the CLI
 * would change every pipeline in the middle of the night.
 */
export const VERSIONS = { cdk, cdkAssets };
