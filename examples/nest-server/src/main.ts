import { parseArgs } from 'node:util';
import { serve } from './serve.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['PORT'] ?? '3000' },
    page: { type: 'string', default: '../angular-chat/dist/browser' },
  },
});
const server = await serve({ port: Number(values.port), page: values.page });
console.log(`The chat is at ${server.url}, and asks ${server.model.label}`);
process.once('SIGINT', () => void server.close());
process.once('SIGTERM', () => void server.close());
