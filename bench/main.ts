import { loadBalancer } from './load-balancer';
import type { Ratio } from './ratio';
import { release } from './release';
import { synth } from './synth';

const BENCHES: Record<string, () => Promise<Ratio>> = { synth, 'load-balancer': loadBalancer, release };

const USAGE = `Measures ratios, each within one run: absolute times differ from machine to machine.

npm run bench -- [name …]     of ${Object.keys(BENCHES).join(', ')}; all when none is named
`;

async function main(names: string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in BENCHES));
  if (names.includes('--help') || unknown.length > 0) {
    process.stderr.write(USAGE);
    return names.includes('--help') ? 0 : 2;
  }
  for (const name of names.length ? names : Object.keys(BENCHES)) {
    process.stderr.write(`measuring ${name} …\n`);
    const { of, value, range, aim } = await BENCHES[name]();
    const spread = range ? ` (${range.map((ratio) => ratio.toFixed(2)).join(' to ')})` : '';
    process.stdout.write(`${name}: ${value.toFixed(2)}${spread}${aim ? `, aim ${aim}` : ''}\n    ${of}\n`);
  }
  return 0;
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
