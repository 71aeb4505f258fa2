/** Renders Markdown with marked while it arrives: each finished block once, and the unfinished one at each delta. */
import { marked } from 'marked';
import { map } from 'rxjs';
import { type MarkdownText, markdownBlocks } from 'rxllm';
import { streamOf } from 'rxllm/testing';

/** Finished blocks keep their identity, so that their HTML is made once; frameworks do the same with a key or `trackBy`. */
function createRenderer(): (text: MarkdownText) => string {
  const known = new WeakMap<object, string>();
  const render = (block: { readonly text: string }): string => {
    const html = known.get(block) ?? marked.parse(block.text, { async: false });
    known.set(block, html);
    return html;
  };
  return ({ blocks, closedTail }) => blocks.map(render).join('') + marked.parse(closedTail, { async: false });
}

await streamOf('- one *item*\n- two\n\nThe `end`.')
  .pipe(markdownBlocks(), map(createRenderer()))
  .forEach((html) => console.log(html.replaceAll('\n', '')));

/* Prints:
<ul><li></li></ul>
<ul><li>one</li></ul>
<ul><li>one <em>item</em></li></ul>
<ul><li>one <em>item</em></li><li></li></ul>
<ul><li>one <em>item</em></li><li>two</li></ul>
<ul><li>one <em>item</em></li><li>two</li></ul><p>The </p>
<ul><li>one <em>item</em></li><li>two</li></ul><p>The <code>end</code>.</p>
<ul><li>one <em>item</em></li><li>two</li></ul><p>The <code>end</code>.</p>
*/
