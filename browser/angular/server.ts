import '@angular/compiler';
import { bootstrapApplication } from '@angular/platform-browser';
import { provideServerRendering, renderApplication } from '@angular/platform-server';
import { App, seen } from './app';

/** Renders the page on a server. @returns Its HTML, and how often an answer was asked for. */
export async function render(): Promise<{ readonly html: string; readonly asked: number }> {
  const html = await renderApplication(
    (context) => bootstrapApplication(App, { providers: [provideServerRendering()] }, context),
    {
      document: '<html><head></head><body><app-root></app-root></body></html>',
    },
  );
  return { html, asked: seen.asked };
}
