// Counts the comments of src that open with, or contain, a phrase the style rules out. Prints the worst files.
// Usage: node test/structure/comments.mjs [--list] [FOLDER…], from the project’s folder. --list prints each such comment.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const OPENER =
  /^(?:what|whether|of|the same|how|where|who|whose|which|in the middle|nothing|as|it|this|that|there|so)\b/iu;
const PHRASE =
  /\b(?:somebody|nobody|goes on|go on|went on|all the same|as far as|for ever|what is to|is to be|are to be|once more|sight|what (?:was|is|were|has been|had been) (?:made|read|said|found|known|given|done|there)|by the way|of its own accord)\b/iu;

/** Comments of one file: adjacent `//` lines are one comment, and so is a block. */
function commentsOf(path) {
  const comments = [];
  let open;
  readFileSync(path, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      const text = line.trim();
      if (open?.block) {
        open.text += ` ${text.replace(/^\*(?!\/)\s?/u, '')}`;
        if (text.includes('*/')) open = undefined;
        return;
      }
      const block = /^\{?\/\*+(.*)/u.exec(text);
      const own = /^\/\/(.*)/u.exec(text);
      const trailing = /[;,{}()[\]] \/\/ (.*)/u.exec(text);
      if (own && open) {
        open.text += ` ${own[1].trim()}`;
        return;
      }
      open = undefined;
      const found = block ?? own ?? trailing;
      if (!found) return;
      const comment = { path, line: index + 1, text: found[1], block: block !== null };
      comments.push(comment);
      if (own || (block && !text.includes('*/'))) open = comment;
    });
  for (const comment of comments) comment.text = comment.text.replace(/\*\/.*$/u, '').trim();
  return comments;
}

/** Comments with a ruled-out opener, per 1,000: more fail the check. */
const LIMIT = 10;

const roots = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const files = (roots.length > 0 ? roots : ['src']).flatMap((root) =>
  readdirSync(root, { recursive: true })
    .filter((name) => /\.tsx?$/u.test(name))
    .map((name) => join(root, name)),
);
const comments = files.flatMap(commentsOf);
const faulty = comments.filter(({ text }) => OPENER.test(text) || PHRASE.test(text));
const perFile = new Map();
for (const { path } of faulty) perFile.set(path, (perFile.get(path) ?? 0) + 1);
const worst = [...perFile].sort(([, a], [, b]) => b - a).slice(0, 15);

if (process.argv.includes('--list')) {
  for (const { path, line, text } of faulty) console.log(`${path}:${String(line)}: ${text}`);
}
for (const [path, count] of worst) console.log(`${String(count).padStart(4)}  ${path}`);
const share = (1000 * faulty.length) / Math.max(1, comments.length);
console.log(
  `${String(faulty.length)} of ${String(comments.length)} comments: ${share.toFixed(0)} per 1,000`,
);
if (share > LIMIT) process.exitCode = 1;
