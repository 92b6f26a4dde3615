import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { randomHex } from '../random';
import { AwsError, type Scope } from '../service';

const run = promisify(execFile);

/** As long as ACM's certificates are good for: 13 months. */
const DAYS = '395';
const EC_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
/** Given with every request, since the configuration that openssl finds by itself is the machine's. */
const CONFIGURATION = `[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`;

/** A certificate and what proves it, PEM. */
export interface Certificate {
  readonly arn: string;
  readonly domainNames: readonly string[];
  readonly certificate: string;
  readonly key: string;
}

/**
 * The certificates of AWS Certificate Manager in one account and region, for load balancers. The region signs them with an
 * authority of its own, made with the first of them; DNS validation is modelled: every request is issued at once. Made by
 * this machine's `openssl`, as Node.js makes keys but no certificates.
 */
export class Certificates {
  private readonly issued = new Map<string, Certificate>();
  private made?: Promise<void>;

  constructor(private readonly scope: Scope) {}

  /** The authority's certificate, PEM: what a client has to trust. */
  get authority(): string {
    return path.join(this.scope.folder('acm'), 'authority.pem');
  }

  async request(domainNames: readonly string[]): Promise<Certificate> {
    const { region, accountId } = this.scope;
    return this.issue(`arn:aws:acm:${region}:${accountId}:certificate/${randomUUID()}`, domainNames);
  }

  /**
   * The certificate of that ARN. One that was not requested here may well be there in AWS: another is made in its place,
   * for no name, as the region cannot know for which.
   * @throws AwsError CertificateNotFound for what is no certificate of this region
   */
  async get(arn: string): Promise<Certificate> {
    const known = this.issued.get(arn);
    if (known) return known;
    if (!arn.startsWith('arn:aws:acm:') || arn.split(':')[3] !== this.scope.region)
      throw new AwsError('CertificateNotFound', `Certificate '${arn}' not found in ${this.scope.region}`);
    this.scope.journal.append({
      source: 'elasticloadbalancing',
      type: 'CertificateStandIn',
      subject: arn,
      message: `${arn} was not requested here: a certificate for no name takes its place`,
    });
    return this.issue(arn, []);
  }

  delete(arn: string): void {
    this.issued.delete(arn);
  }

  private async issue(arn: string, domainNames: readonly string[]): Promise<Certificate> {
    this.made ??= this.makeAuthority();
    await this.made;
    const file = (name: string) => path.join(this.scope.folder('acm'), name);
    const own = file(randomHex(16));
    const names =
      domainNames.length > 0 ? `subjectAltName = ${domainNames.map((name) => `DNS:${name}`)}` : '';
    fs.writeFileSync(`${own}.ext`, `basicConstraints = CA:false\n${names}\n`);
    await openssl(['req', '-new', ...EC_KEY], {
      subj: `/CN=${(domainNames[0] ?? 'unknown').slice(0, 64)}`,
      config: file('openssl.cnf'),
      keyout: `${own}.key`,
      out: `${own}.csr`,
    });
    await openssl(['x509', '-req'], {
      in: `${own}.csr`,
      CA: this.authority,
      CAkey: file('authority.key'),
      set_serial: `0x${randomHex(16)}`,
      days: DAYS,
      extfile: `${own}.ext`,
      out: `${own}.pem`,
    });
    const read = (ending: string) => fs.readFileSync(`${own}.${ending}`, 'utf8');
    const certificate = { arn, domainNames, certificate: read('pem'), key: read('key') };
    for (const ending of ['ext', 'csr', 'key', 'pem']) fs.rmSync(`${own}.${ending}`);
    this.issued.set(arn, certificate);
    return certificate;
  }

  private async makeAuthority(): Promise<void> {
    const folder = this.scope.folder('acm');
    fs.writeFileSync(path.join(folder, 'openssl.cnf'), CONFIGURATION);
    await openssl(['req', '-x509', ...EC_KEY], {
      subj: `/CN=Rehearsal region ${this.scope.region} of ${this.scope.accountId}`,
      config: path.join(folder, 'openssl.cnf'),
      extensions: 'authority',
      days: DAYS,
      keyout: path.join(folder, 'authority.key'),
      out: this.authority,
    });
  }
}

/** @throws Error that says what to install when there is none, or what openssl says */
async function openssl(command: readonly string[], options: Readonly<Record<string, string>>): Promise<void> {
  try {
    await run('openssl', [
      ...command,
      ...Object.entries(options).flatMap(([name, value]) => [`-${name}`, value]),
    ]);
  } catch (error) {
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT')
      throw new Error('A certificate is made by openssl, which this machine does not have: install it');
    throw new Error(`openssl ${command[0]} failed: ${stderr}`, { cause: error });
  }
}
