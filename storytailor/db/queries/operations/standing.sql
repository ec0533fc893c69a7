-- What keeps everybody from something, as far as somebody has seen it of late.
SELECT cause, says FROM operator_alerts WHERE standing AND last_at > clock_timestamp() - interval '10 minutes' ORDER BY cause;
