import { compareAssemblies } from './compare';

const [before, after] = process.argv.slice(2);
if (!before || !after) {
  console.error('usage: main.ts <folder of the cloud assembly before> <folder of the one after>');
  process.exit(2);
}
console.log(JSON.stringify(compareAssemblies(before, after), undefined, 2));
