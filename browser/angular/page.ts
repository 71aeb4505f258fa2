import '@angular/compiler';
import { provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { App, seen } from './app';

Object.assign(globalThis, { seen });
bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] }).then(
  (app) => {
    seen.destroy = () => app.destroy();
  },
  (error: unknown) => console.error(error),
);
