import { createHash } from 'node:crypto';
import { AwsError, type AwsService, type ResourceProvider, type Scope } from '../service';
import { parameterProvider } from './resources';

interface Parameter {
  readonly name: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  readonly modified: Date;
  readonly description?: string;
  readonly dataType: string;
}

const TYPES = ['String', 'StringList', 'SecureString'];

/** AWS publishes the newest machine image of an Amazon Linux under such names. */
const PUBLIC_IMAGE = /^\/aws\/service\/ami-amazon-linux-latest\/[\w.-]+$/;

/** Systems Manager's Parameter Store. */
export class Ssm implements AwsService {
  private readonly parameters = new Map<string, Parameter[]>();
  readonly resources: readonly ResourceProvider[] = [parameterProvider];

  readonly operations = {
    PutParameter: (input: any) => this.put(input),
    GetParameter: ({ Name }: any) => ({ Parameter: this.describe(this.get(Name)) }),
    GetParameters: ({ Names }: any) => {
      const found = (Names as string[]).map((name) => [name, this.find(name)] as const);
      return {
        Parameters: found.flatMap(([, parameter]) => (parameter ? [this.describe(parameter)] : [])),
        InvalidParameters: found.flatMap(([name, parameter]) => (parameter ? [] : [name])),
      };
    },
    GetParametersByPath: ({ Path, Recursive = false }: any) => {
      const folder = Path.endsWith('/') ? Path : `${Path}/`;
      const inside = this.all().filter(
        ({ name }) => name.startsWith(folder) && (Recursive || !name.slice(folder.length).includes('/')),
      );
      return { Parameters: inside.map((parameter) => this.describe(parameter)) };
    },
    GetParameterHistory: ({ Name }: any) => {
      this.get(Name);
      return { Parameters: this.parameters.get(Name)!.map((parameter) => this.describe(parameter)) };
    },
    DescribeParameters: () => ({ Parameters: this.all().map((parameter) => this.describe(parameter)) }),
    DeleteParameter: ({ Name }: any) => {
      this.get(Name);
      this.parameters.delete(Name);
      return {};
    },
    DeleteParameters: ({ Names }: any) => ({
      DeletedParameters: (Names as string[]).filter((name) => this.parameters.delete(name)),
    }),
  };

  constructor(private readonly scope: Scope) {}

  private put({ Name, Value, Type, Description, DataType, Overwrite = false }: any) {
    if (!/^[\w./-]{1,2048}$/.test(Name ?? '')) {
      throw new AwsError('ValidationException', `Parameter name is ${Name}; allowed are a-zA-Z0-9_.-/`);
    }
    if (/^\/?(aws|ssm)/i.test(Name)) {
      throw new AwsError('AccessDeniedException', `No access to reserved parameter name: ${Name}.`);
    }
    if (typeof Value !== 'string' || Value === '') {
      throw new AwsError('ValidationException', `The value of parameter ${Name} must not be empty.`);
    }
    const history = this.parameters.get(Name) ?? [];
    const type = Type ?? history.at(-1)?.type;
    if (!TYPES.includes(type)) {
      throw new AwsError('ValidationException', `Type is ${type}; allowed is ${TYPES.join(', ')}.`);
    }
    if (history.length > 0 && !Overwrite) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const version = history.length + 1;
    const parameter: Parameter = {
      name: Name,
      type,
      value: Value,
      version,
      modified: new Date(this.scope.clock.now()),
      description: Description,
      dataType: DataType ?? 'text',
    };
    this.parameters.set(Name, [...history, parameter]);
    return { Version: version, Tier: 'Standard' };
  }

  private all(): Parameter[] {
    return [...this.parameters.values()].map((history) => history.at(-1)!);
  }

  /** By name, `name:version`, or ARN. */
  private find(selector: string): Parameter | undefined {
    const [, name, version] = /^(?:arn:aws:ssm:[^:]*:\d*:parameter)?([^:]+)(?::(\d+))?$/.exec(selector) ?? [];
    if (!name) return undefined;
    const history = this.parameters.get(name) ?? this.parameters.get(name.replace(/^\//, ''));
    if (history) return version ? history[Number(version) - 1] : history.at(-1);
    return PUBLIC_IMAGE.test(name) ? this.publicImage(name) : undefined;
  }

  private get(name: string): Parameter {
    const parameter = this.find(name);
    if (!parameter) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
    return parameter;
  }

  /** An image id that stays the same for a name: what an image holds plays no part in the region. */
  private publicImage(name: string): Parameter {
    const value = `ami-${createHash('sha256').update(name).digest('hex').slice(0, 17)}`;
    const modified = new Date(this.scope.clock.now());
    return { name, type: 'String', value, version: 1, modified, dataType: 'aws:ec2:image' };
  }

  private describe({ name, type, value, version, modified, description, dataType }: Parameter) {
    const { region, accountId } = this.scope;
    return {
      Name: name,
      Type: type,
      Value: value,
      Version: version,
      LastModifiedDate: modified,
      Description: description,
      DataType: dataType,
      ARN: `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`,
    };
  }
}
