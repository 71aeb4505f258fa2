import type { Reply } from './script.js';

export const explanation: Reply = {
  reasoning:
    'The user asks how an answer gets into the page piece by piece. I begin with the idea, then the path of one piece, then what can go wrong. A short example helps.',
  text: `# Streaming, in one minute

A model writes its answer **one token at a time**. A page that waits for the last one shows nothing for seconds; a page that *streams* shows each piece when it is there.

## The path of one piece

1. The provider sends it as a *server-sent event*.
2. The server reads it as an event of an \`Observable\`, and limits, retries, counts and prices the stream by operators.
3. The same event goes on to the page, which folds it into the state of a message.

\`\`\`ts
const events$ = ask(turns).pipe(
  timeoutBetweenChunks({ betweenMs: 30_000 }),
  retryStream({ maxRetries: 3 }),
  aggregateUsage(),
);
\`\`\`

## What can go wrong

| what happens | what you see |
|---|---|
| the connection breaks | a notice, then the answer from its beginning |
| the provider is silent | the same, after a limit of time |
| you press **Stop** | what has arrived, and the request has ended |
| you reload the page | the answer goes on where it was |

> Nothing that a failed attempt wrote stays in the text: a *reset* takes it back before the next attempt begins.

Choose how the provider behaves and ask again: each fault is a real one, between this server and its local provider. The strip above shows every event as it passes, and the meter counts tokens and money while the answer grows.
`,
};

export const table = `Here is what we have in stock today:

\`\`\`toon
products[5]{name,category,price,stock}:
  USB-C Cable,Accessories,9.5,420
  Mechanical Keyboard,Peripherals,129,38
  "Monitor 27\\", 4K",Displays,449,15
  Laptop Pro 14,Computers,1999,7
  Docking Station,Accessories,79,12
\`\`\`

The cable is the cheapest, and there are only seven laptops left.
`;

export const form = `I filled the form with what I know of this customer:

\`\`\`json
{
  "name": "Ann Lee",
  "email": "ann.lee@example.com",
  "company": "Northwind Traders",
  "address": {
    "street": "Rue Cler 7",
    "city": "Paris",
    "country": "France"
  },
  "newsletter": true
}
\`\`\`

Please check the address before you save it.
`;
