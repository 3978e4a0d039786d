// The fields of start and end. The zone is a link until the user opens it.
import { Check, described, Field, SelectField } from '../components/field.js';
import { Icon } from '../components/basics.js';
import { html, useState } from '../html.js';
import { t } from '../i18n.js';
import { startMs, withStart, withZone } from './form_model.js';
import { formatOffset, formatWhen } from './format.js';
import { isDay, isTime, knownZones, sameClock, zoneCity } from './times.js';

function DateTime({ side, label, values, errors, set }) {
  const day = `${side}_day`;
  const time = `${side}_time`;
  const input = (name, type) =>
    html`<input
      class="input"
      type=${type}
      aria-label=${t(`appointment.${name}`)}
      value=${values[name]}
      onInput=${(event) => set({ [name]: event.target.value })}
      ...${described(`ev-${name}`, { error: errors[name] })}
    />`;
  const error = errors[day] || errors[time];
  return html`<${Field} id=${`ev-${day}`} label=${label} error=${error && t(error)}>
    <div class="date-time">${input(day, 'date')}${!values.all_day && input(time, 'time')}</div>
  <//>`;
}

function ZoneField({ values, set, userZone }) {
  const isReady = isDay(values.start_day) && isTime(values.start_time);
  const start = isReady ? startMs(values) : 0;
  const labelOf = (zone) =>
    isReady ? `${zone.replaceAll('_', ' ')} (${formatOffset(start, zone)})` : zone;
  const hint = () => {
    if (!isReady || sameClock(start, values.zone, userZone)) return '';
    const instant = new Date(start).toISOString();
    return t('appointment.your_time', {
      when: formatWhen({ start: instant, end: instant }, userZone),
      zone: zoneCity(userZone),
    });
  };
  return html`<${SelectField}
    id="ev-zone"
    label=${t('field.time_zone')}
    value=${values.zone}
    onChange=${(zone) => set(withZone(values, zone))}
    options=${knownZones(userZone, values.zone).map((zone) => ({
      value: zone,
      label: labelOf(zone),
    }))}
    hint=${hint()}
  />`;
}

export function Times({ values, set, errors, userZone }) {
  const [chooseZone, setChooseZone] = useState(values.zone !== userZone);
  return html`<div class="times">
    <div class="row wrap">
      <${DateTime}
        side="start"
        label=${t('field.start')}
        values=${values}
        errors=${errors}
        set=${(change) => set(withStart(values, change))}
      />
      <${DateTime}
        side="end"
        label=${t('field.end')}
        values=${values}
        errors=${errors}
        set=${(change) => set({ ...values, ...change })}
      />
    </div>
    <div class="row wrap between">
      <${Check} checked=${values.all_day} onChange=${(all_day) => set({ ...values, all_day })}>
        ${t('appointment.all_day')}
      <//>
      ${
        !values.all_day &&
        !chooseZone &&
        html`<button type="button" class="link" onClick=${() => setChooseZone(true)}>
          <${Icon} name="globe" />
          ${zoneCity(values.zone)}
        </button>`
      }
    </div>
    ${
      !values.all_day &&
      chooseZone &&
      html`<${ZoneField} values=${values} set=${set} userZone=${userZone} />`
    }
  </div>`;
}
