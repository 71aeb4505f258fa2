import { join } from 'node:path';

/** Where the bundler finds the library: its own build, as npm would install it. */
export function libraryAliases(): { readonly find: RegExp; readonly replacement: string }[] {
  const dist = join(import.meta.dirname, '../../dist');
  return [
    { find: /^rxllm$/, replacement: join(dist, 'index.js') },
    { find: /^rxllm\/([\w-]+)$/, replacement: join(dist, '$1.js') },
  ];
}
