// What went wrong, in words of the visitor's language, with the way out.
import { ApiError } from './api.js';
import { date, has, t } from './words.js';

/** One or two sentences. Throws what is no refusal of the API: that is a fault of the page, and the console's. */
export function explain(error) {
  if (!(error instanceof ApiError)) throw error;
  const { code, data, retryAfter } = error;
  if (code === 'QUOTA_EXCEEDED' && data?.opensAt) return t('errors.DAY_IS_FULL', { day: date(data.opensAt) });
  if (code === 'QUOTA_EXCEEDED' && data?.mostBytes) return t('errors.NO_ROOM');
  if (code === 'VALIDATION_ERROR' && Array.isArray(data)) {
    return t('errors.VALIDATION_ERROR', { what: data.map((fault) => fault.what).join('; ') });
  }
  const values = {
    used: data?.storiesUsed,
    limit: data?.storyLimit,
    seconds: retryAfter ?? 10,
    id: data?.requestId ?? '',
  };
  return has(`errors.${code}`) ? t(`errors.${code}`, values) : t('errors.other', { message: error.message });
}

/** Whether asking again may help. */
export const mayPass = (error) =>
  ['OFFLINE', 'RATE_LIMITED', 'SERVICE_UNAVAILABLE', 'INTERNAL_ERROR', 'ASSET_BUSY'].includes(error.code);
