// A calendar as a mail client keeps it (RFC 5546): reads a JSON list of iCalendar texts from
// standard input, applies each in turn, and writes what it read of each and what it then holds.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const utc = (time) => new Date(time.toUnixTime() * 1000).toISOString();

function read(component, method) {
  const event = new ICAL.Event(component);
  return {
    method,
    uid: event.uid,
    sequence: event.sequence,
    start: utc(event.startDate),
    end: utc(event.endDate),
    zone: event.startDate.zone.tzid,
    summary: event.summary,
    description: event.description ?? "",
    location: event.location ?? "",
    status: component.getFirstPropertyValue("status"),
    stamp: utc(component.getFirstPropertyValue("dtstamp")),
    organizer: event.organizer ?? "",
    attendees: event.attendees.map((one) => one.getFirstValue()),
  };
}

const held = new Map();
const steps = JSON.parse(readFileSync(0, "utf8")).map((text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const method = calendar.getFirstPropertyValue("method") ?? "";
  const events = calendar.getAllSubcomponents("vevent").map((one) => read(one, method));
  for (const event of events) {
    const known = held.get(event.uid);
    if (known && event.sequence < known.sequence) continue;
    if (method === "CANCEL") held.delete(event.uid);
    else held.set(event.uid, event);
  }
  return { events, held: [...held.values()] };
});
process.stdout.write(JSON.stringify(steps));
