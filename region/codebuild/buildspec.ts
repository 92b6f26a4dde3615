import { isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { parseOnFailure } from './on-failure';

/** A buildspec that cannot be used; the message names the file and the line. */
export class BuildspecError extends Error {
  override readonly name = 'YAML_FILE_ERROR';
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.array(text);
const flag = z
  .union([z.boolean(), z.enum(['yes', 'no', 'true', 'false'])])
  .transform((value) => value === true || value === 'yes' || value === 'true');
const commands = z
  .array(text)
  .nullish()
  .transform((list) => list ?? []);

const onFailure = z.string().transform((value, context) => {
  const parsed = parseOnFailure(value);
  if (parsed) return parsed;
  context.addIssue({
    code: 'custom',
    message: `found ${JSON.stringify(value)}; allowed are ABORT, CONTINUE, RETRY, RETRY-<0 to 100>, RETRY-<regex>, RETRY-<0 to 100>-<regex>`,
  });
  return z.NEVER;
});

const phase = z.strictObject({
  'run-as': z.string().optional(),
  'on-failure': onFailure.optional(),
  'runtime-versions': z.record(z.string(), text).optional(),
  commands,
  finally: commands,
});

const phaseOrNothing = phase.nullish().transform((value) => value ?? undefined);

const artifactFiles = {
  files: texts.min(1),
  name: z.string().optional(),
  'base-directory': z.string().optional(),
  'discard-paths': flag.optional(),
  'exclude-paths': texts.optional(),
  'enable-symlinks': flag.optional(),
  's3-prefix': z.string().optional(),
};

const report = z.looseObject({
  files: texts.optional(),
  'file-format': z
    .enum([
      'CUCUMBERJSON',
      'JUNITXML',
      'NUNITXML',
      'NUNIT3XML',
      'TESTNGXML',
      'VISUALSTUDIOTRX',
      'CLOVERXML',
      'COBERTURAXML',
      'JACOCOXML',
      'SIMPLECOV',
    ])
    .optional(),
});

const schema = z.looseObject({
  version: z.coerce.number().refine((version) => version === 0.1 || version === 0.2, {
    message: 'allowed are 0.1 and 0.2',
  }),
  'run-as': z.string().optional(),
  env: z
    .strictObject({
      shell: z.enum(['bash', '/bin/sh', 'powershell.exe', 'cmd.exe']).optional(),
      variables: z.record(z.string(), text).nullish(),
      'parameter-store': z.record(z.string(), text).nullish(),
      'secrets-manager': z.record(z.string(), text).nullish(),
      'exported-variables': texts.nullish(),
      'git-credential-helper': flag.optional(),
    })
    .nullish(),
  proxy: z.unknown().optional(),
  batch: z.unknown().optional(),
  phases: z.strictObject({
    install: phaseOrNothing,
    pre_build: phaseOrNothing,
    build: phaseOrNothing,
    post_build: phaseOrNothing,
  }),
  reports: z.record(z.string(), report).nullish(),
  artifacts: z
    .strictObject({
      ...artifactFiles,
      'secondary-artifacts': z.record(z.string(), z.strictObject(artifactFiles)).optional(),
    })
    .nullish(),
  cache: z.looseObject({ paths: texts.nullish() }).nullish(),
});

export type Buildspec = z.infer<typeof schema>;
export type PhaseSpec = z.infer<typeof phase>;
export type ArtifactFiles = z.infer<z.ZodObject<typeof artifactFiles>>;

const KNOWN_KEYS = Object.keys(schema.shape);

/**
 * Reads a buildspec, YAML or JSON.
 * @param file how messages name it
 * @throws BuildspecError
 * @see https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html
 */
export function parseBuildspec(source: string, file: string): Buildspec {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const [error] = document.errors;
  if (error) {
    const { line } = lines.linePos(error.pos[0]);
    throw new BuildspecError(`${file}:${line}: ${error.message.split('\n')[0].replace(/ at line .*$/, '')}`);
  }
  const value = document.toJS();
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new BuildspecError(`${file}:1: the buildspec is not a mapping with version and phases`);
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;

  const [issue] = checked.error.issues;
  const at = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  const key = at.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  throw new BuildspecError(
    `${file}:${lineOf(at)}: ${key.replace(/^\./, '')}: ${describe(issue, valueAt(value, issue.path))}`,
  );

  /** Of the key, or of the nearest one around it. */
  function lineOf(path: PropertyKey[]): number {
    for (let length = path.length; length > 0; length--) {
      const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
      const key = path[length - 1];
      const node = isMap(parent)
        ? parent.items.find((pair) => String(pair.key) === String(key))?.key
        : document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

/** Top-level keys that CodeBuild gives no meaning to: worth a word in the log, as they have no effect. */
export function unknownKeys(buildspec: Buildspec): string[] {
  return Object.keys(buildspec).filter((key) => !KNOWN_KEYS.includes(key));
}

function describe(issue: z.core.$ZodIssue, found: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const where = issue.path.length === 1 && issue.path[0] === 'phases' ? 'phase' : 'key';
    const allowed = where === 'phase' ? '; allowed are install, pre_build, build and post_build' : '';
    return `unknown ${where}${allowed}`;
  }
  if (found === undefined) return 'is required';
  if (issue.code === 'custom') return issue.message;
  const expected =
    issue.code === 'invalid_type'
      ? `expected ${issue.expected === 'record' ? 'a mapping' : issue.expected}`
      : issue.code === 'invalid_union'
        ? 'expected a string (quote a value that contains ": ")'
        : issue.code === 'invalid_value'
          ? `allowed are ${issue.values.join(', ')}`
          : issue.message;
  return `${expected}, found ${JSON.stringify(found)}`;
}

function valueAt(value: unknown, path: PropertyKey[]): unknown {
  return path.reduce<any>((inner, part) => inner?.[part], value);
}
