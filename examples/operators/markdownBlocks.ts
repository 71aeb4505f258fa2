/** Renders each finished Markdown block once, and the unfinished one at each delta, with markdown-it; ../guide/markdownWithMarked.ts does it with marked. */
import MarkdownIt from 'markdown-it';
import { markdownBlocks } from 'rxllm';
import { streamOf } from 'rxllm/testing';

const renderer = new MarkdownIt();
let rendered = 0;

await streamOf('## Paris\n\nThe **capital city** of [la France](https://fr.wikipedia.org).')
  .pipe(markdownBlocks())
  .forEach(({ blocks, closedTail }) => {
    for (const { kind, text } of blocks.slice(rendered)) console.log(`finished ${kind}: ${renderer.render(text).trim()}`);
    rendered = blocks.length;
    if (closedTail.trim() !== '') console.log(`so far: ${renderer.render(closedTail).trim()}`);
  });

/* Prints:
so far: <h2></h2>
finished heading: <h2>Paris</h2>
so far: <p>The</p>
so far: <p>The <strong>capital ​</strong></p>
so far: <p>The <strong>capital city</strong></p>
so far: <p>The <strong>capital city</strong> of</p>
so far: <p>The <strong>capital city</strong> of <a href="">la </a></p>
so far: <p>The <strong>capital city</strong> of <a href="https://fr.wikipedia.org">la France</a>.</p>
finished paragraph: <p>The <strong>capital city</strong> of <a href="https://fr.wikipedia.org">la France</a>.</p>
*/
