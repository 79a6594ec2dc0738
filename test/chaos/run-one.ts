import { table } from './report';

const [file, name, options] = process.argv.slice(2) as [string, string, string];
(async () => {
  const t = performance.now();
  console.log(table([await require(file)[name](JSON.parse(options))]), Math.round(performance.now() - t));
  process.exit(0);
})().catch((e) => {
  console.error(e);
  process.exit(1);
});
