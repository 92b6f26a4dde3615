import fs from 'node:fs';
import path from 'node:path';
import { NormalizedSchema } from '@smithy/core/schema';
import { serviceModel } from '../../region/gateway/model';
import type { ServiceName } from '../../region/services';

const RUNBOOK = path.join(__dirname, '..', '..', 'docs', 'runbook.md');

/** Options of the AWS CLI itself, which no operation has. */
const OF_THE_CLI = ['--query', '--output', '--max-items'];

/** The AWS CLI's names for services, where they are not the model's. */
const CLI_NAMES: Readonly<Record<string, ServiceName>> = {
  deploy: 'codedeploy',
  elbv2: 'elasticloadbalancing',
};

/** Every command of the document, those inside `$(…)` and in running text included, with quoted text left out. */
function commands(document: string): string[] {
  const code = [...document.matchAll(/```sh\n(.*?)```|`(aws [^`\n]+)`/gs)].map(
    ([, block, inline]) => block ?? inline!,
  );
  const found: string[] = [];
  for (const line of code.join('\n').split('\n')) {
    let rest = line.replace(/'[^']*'|"[^"]*"/g, 'TEXT');
    for (let inner = /\$\(([^()]*)\)/.exec(rest); inner; inner = /\$\(([^()]*)\)/.exec(rest)) {
      found.push(inner[1]!);
      rest = rest.replace(inner[0], 'TEXT');
    }
    found.push(rest);
  }
  return found.map((command) => command.trim()).filter((command) => command.startsWith('aws '));
}

const found = commands(fs.readFileSync(RUNBOOK, 'utf8'));
const plain = (name: string) => name.replaceAll('-', '').toLowerCase();

test('the runbook has commands', () => {
  expect(found.length).toBeGreaterThan(30);
});

test.each([...new Set(found)])("%s is in AWS's model", (command) => {
  const [, service, operation] = command.split(' ') as [string, string, string];
  const { operations } = serviceModel(CLI_NAMES[service] ?? (service as ServiceName));
  const model = [...operations.values()].find(({ name }) => plain(name) === plain(operation));
  expect(model).toBeDefined();

  const members = Object.keys(NormalizedSchema.of(model!.input).getMemberSchemas()).map(plain);
  const options = [...command.matchAll(/ (--[a-z-]+)/g)].map(([, option]) => option!);
  const unknown = options.filter(
    (option) => !OF_THE_CLI.includes(option) && !members.includes(plain(option.replace(/^--(no-)?/, ''))),
  );
  expect(unknown).toEqual([]);
});
