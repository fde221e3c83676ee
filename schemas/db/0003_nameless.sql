-- Results without a model, which published values of their run may name.

CREATE INDEX result_nameless ON result (run_id) WHERE model_id = 0;
