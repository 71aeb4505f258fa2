import { execFileSync } from 'node:child_process';

/** Commits up to this one are not checked: they are older than the rule. */
const lastUnchecked = '1560d0bef3790b6ed5a221af71ead5565ecdb0c0';
const maxSubjectLength = 72;
const form = /^(?:(?:feat|fix|perf|refactor|docs|spec|test|build|ci|chore)(?:\([^)]+\))?: \S|Merge |Revert )/;

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The subjects of the commits that the rule applies to; none where there is no history, as in a tarball. */
function subjects(): readonly string[] {
  try {
    git('rev-parse', '--git-dir');
  } catch {
    console.log('No git history here: no commit is checked.');
    return [];
  }
  let range = 'HEAD';
  try {
    git('merge-base', '--is-ancestor', lastUnchecked, 'HEAD');
    range = `${lastUnchecked}..HEAD`;
  } catch {
    // A shallow clone, which has only commits after it.
  }
  return git('log', '--format=%s', range)
    .split('\n')
    .filter((subject) => subject !== '');
}

const all = subjects();
const wrong = all.flatMap((subject) => {
  const length = subject.length > maxSubjectLength ? [`${subject.length} characters, at most ${maxSubjectLength}`] : [];
  return [...length, ...(form.test(subject) ? [] : ['not of the form "type(scope): what changes"'])].map(
    (why) => `${why}: ${subject}`,
  );
});
for (const complaint of wrong) console.error(complaint);
console.log(`${all.length} commit subjects checked, ${wrong.length} wrong`);
if (wrong.length > 0) process.exitCode = 1;
