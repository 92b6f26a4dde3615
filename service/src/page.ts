const HEADLINE = 'A berth for the night';

export function page(revision: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Harbor</title></head>
<body>
<h1>${HEADLINE}</h1>
<p><a href="/quote?nights=3">What do three nights cost?</a></p>
<footer>Revision ${revision}</footer>
</body>
</html>
`;
}
