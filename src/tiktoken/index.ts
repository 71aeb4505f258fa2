export { tiktokenCounter } from './tiktokenCounter.js';
