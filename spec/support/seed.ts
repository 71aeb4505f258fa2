import fc from 'fast-check';

// The same cases every time, so that a build never fails by chance. `FC_SEED=$RANDOM npm test` looks for new ones.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) });
