import fc from 'fast-check';

// The same cases in every run, so that a build never fails by chance. `FC_SEED=$RANDOM npm test` tries other cases.
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_121) });
