import { isAlias, isNode, LineCounter, parseDocument, type Tags, visit } from 'yaml';

/** An AppSpec file that the agent refuses: what was found where, and what is allowed. */
export class AppSpecError extends Error {
  constructor(
    /** The rule that was broken, `HOOK_INVALID_TIMEOUT`. */
    readonly errorClass: string,
    message: string,
  ) {
    super(message);
    this.name = 'AppSpecError';
  }
}

export type Path = readonly (string | number)[];

/** The text of an AppSpec file, loaded as the agent's YAML 1.1 loader does, that knows the line of every key. */
export class AppSpecSource {
  readonly value: any;
  private readonly lines = new LineCounter();
  private readonly document;

  constructor(
    text: string,
    private readonly file: string,
  ) {
    // Duplicate keys: the last one wins. Unquoted 0644 is an octal number here; agent 2.x keeps the scalar's text.
    this.document = parseDocument(text, {
      version: '1.1',
      uniqueKeys: false,
      customTags: withoutBareDot,
      lineCounter: this.lines,
    });
    const [error] = this.document.errors;
    if (error) {
      throw new AppSpecError('YAML_SYNTAX', `${this.at(error.pos[0])}: not valid YAML: ${error.message}`);
    }
    visit(this.document, (_, node) => {
      if (!isAlias(node)) return;
      throw new AppSpecError(
        'YAML_ALIAS_REJECTED',
        `${this.at(node.range?.[0])}: the alias *${node.source} is not allowed: the agent's YAML loader refuses aliases`,
      );
    });
    this.value = this.document.toJS();
    if (this.value === null) {
      throw new AppSpecError('EMPTY_FILE', `${file} is empty; it must hold at least version and os`);
    }
    if (!isMapping(this.value)) {
      this.refuse('NOT_A_MAPPING', [], 'a mapping with the keys version and os');
    }
  }

  /** Throws the error for the value at that path. */
  refuse(errorClass: string, path: Path, allowed: string): never {
    const key = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
    const found = path.reduce((value, part) => value?.[part], this.value);
    throw new AppSpecError(
      errorClass,
      `${this.at(this.offset(path))}: ${key.replace(/^\./, '') || 'the file'} is ${
        found === undefined ? 'missing' : JSON.stringify(found)
      }; allowed is ${allowed}`,
    );
  }

  /** The list at that path; null and absent are an empty one. */
  list(path: Path, of: string): any[] {
    const found = path.reduce((value, part) => value?.[part], this.value) ?? [];
    if (!Array.isArray(found)) this.refuse('NOT_A_LIST', path, `a list of ${of}`);
    return found;
  }

  private offset(path: Path): number | undefined {
    for (let length = path.length; length > 0; length--) {
      const node = this.document.getIn(path.slice(0, length), true);
      if (isNode(node)) return node.range?.[0];
    }
    return undefined;
  }

  private at(offset = 0): string {
    return `${this.file}:${Math.max(1, this.lines.linePos(offset).line)}`;
  }
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A lone `.`, as in `source: .`, is a string to the agent's loader; the library reads a number without digits. */
function withoutBareDot(tags: Tags): Tags {
  return tags.map((tag) =>
    typeof tag === 'object' && 'test' in tag && tag.test?.test('.')
      ? { ...tag, test: /^[-+]?\d[\d_]*\.[\d_]*$|^[-+]?\.\d[\d_]*$/ }
      : tag,
  );
}
