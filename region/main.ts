import { parseArgs } from 'node:util';
import { ScaledClock } from './clock/clock';
import { checkOptions, Region, type RegionOptions } from './region';

const USAGE = `Starts a rehearsal region and leaves it running until Ctrl-C.

npm run region -- [options]

  --port N        loopback port, 0 to 65535; 0 takes a free one      (default 4510)
  --folder PATH   where the region writes; one region at a time      (default .tidegate/region)
  --scale N       AWS seconds in one second, 1 to 3600               (default 1, real time)
  --account ID    12 digits                                          (default 111111111111)
  --region NAME   AWS region name                                    (default us-east-1)
  --help          this text
`;

const OPTIONS = {
  port: { type: 'string', default: '4510' },
  folder: { type: 'string', default: '.tidegate/region' },
  scale: { type: 'string', default: '1' },
  account: { type: 'string', default: '111111111111' },
  region: { type: 'string', default: 'us-east-1' },
  help: { type: 'boolean', default: false },
} as const;

class UsageError extends Error {}

function readFlags(args: string[]): { help: boolean; options: RegionOptions } {
  try {
    const { values } = parseArgs({ args, options: OPTIONS, strict: true });
    const options = {
      port: Number(values.port || Number.NaN),
      folder: values.folder,
      clock: new ScaledClock(Number(values.scale)),
      accountId: values.account,
      region: values.region,
    };
    checkOptions(options);
    return { help: values.help, options };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What a user pastes into a shell to work with the region. */
function instructions(region: Region): string {
  const exports = Object.entries(region.home.environment()).map(
    ([name, value]) => `export ${name}='${value}'`,
  );
  const git = region.gitCredentials;
  const url = new URL(`${region.endpoint}/v1/repos/REPOSITORY`);
  url.username = git.userName;
  url.password = git.password;
  return [
    `The region answers at ${region.endpoint}. For cdk, aws and the SDKs, in another terminal:`,
    '',
    'unset AWS_PROFILE AWS_DEFAULT_PROFILE',
    ...exports,
    '',
    'Keys of another account are those of its role arn:aws:iam::ACCOUNT:role/OrganizationAccountAccessRole:',
    'aws sts assume-role --role-session-name SESSION --role-arn ARN.',
    '',
    'For git, with a repository that a stack has declared:',
    '',
    `git clone ${url}`,
    '',
    'Ctrl-C stops it, with everything that runs in it.',
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const { help, options } = readFlags(process.argv.slice(2));
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  const region = await Region.start(options);
  process.stdout.write(instructions(region));
  region.journal.follow(({ time, source, message }) => {
    process.stdout.write(`${time.slice(11, 19)} ${source.padEnd(14)} ${message}\n`);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // npm passes on the Ctrl-C that the terminal has sent already, so one comes twice.
    process.on(signal, () => {
      region.stop().then(() => process.exit(0), fail);
    });
  }
}

function fail(error: Error): void {
  process.stderr.write(`${error.message}\n${error instanceof UsageError ? `\n${USAGE}` : ''}`);
  process.exit(error instanceof UsageError ? 2 : 1);
}

main().catch(fail);
