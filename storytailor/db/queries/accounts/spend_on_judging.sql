SELECT spend_on_judging(%(usd)s::numeric);
