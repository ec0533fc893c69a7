SELECT provider, model, state, workers, reason FROM provider_circuits();
