/** Nobody changes a preset for everybody else. */
export function freezePreset<Preset extends object>(preset: Preset): Preset {
  for (const options of Object.values(preset)) Object.freeze(options);
  return Object.freeze(preset);
}
