/** A loopback provider in its own process: `/answer` and `/messages` respond at once, `/slow` one delta at a time, `/connections` with a number. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBody, wires } from './wires.js';

const chat = wires[0];
const whole = Buffer.concat(chat ? createBody(chat, 10).chunks : []);
const messages = wires.find(({ api }) => api === 'messages');
const wholeMessages = Buffer.concat(messages ? createBody(messages, 10).chunks : []);
const deltas = chat
  ? Buffer.concat(createBody(chat, 100).chunks)
      .toString()
      .split(/(?<=\n\n)/)
  : [];
let connections = 0;

const server = createServer((request, response) => {
  if (request.url === '/connections') return void response.end(String(connections));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (request.url === '/answer') return void response.end(whole);
  if (request.url === '/messages') return void response.end(wholeMessages);
  // Slow streams send most of their deltas, and then stay open.
  let next = 0;
  const timer = setInterval(() => {
    if (next < deltas.length - 3) response.write(deltas[next++]);
  }, 30);
  response.on('close', () => clearInterval(timer));
});
server.on('connection', () => connections++);
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
