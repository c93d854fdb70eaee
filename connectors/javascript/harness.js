// Evaluated once per isolate; one isolate belongs to one script, so whatever a script does to its globals stays its own.
// The value is a function from a payload (one JSON text per line, `names.length` lines per row) to a JSON text.
(function (config) {
    "use strict";
    const { script, names, dated, now, seed } = config;
    const globals = globalThis;
    const { parse, stringify } = JSON;
    const { isArray } = Array;
    const { keys } = Object;
    const sloppyEval = globals.eval;
    const MAX_TEXT = 1 << 20;
    const MAX_REASON = 500;
    const ISO = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

    // --- what would let a script see the real clock, wait, or share memory
    for (const name of ["Atomics", "SharedArrayBuffer", "WebAssembly", "Temporal", "FinalizationRegistry", "WeakRef",
        "setTimeout", "clearTimeout", "__timer_manager"]) {
        if (!Reflect.deleteProperty(globals, name)) {
            globals[name] = undefined;
        }
    }
    const silent = () => undefined;
    globals.console = { log: silent, info: silent, warn: silent, error: silent, debug: silent };

    // --- clock
    const RealDate = Date;
    const InjectedDate = function Date(...parts) {
        if (new.target === undefined) {
            return new RealDate(now).toString();
        }
        const made = parts.length === 0 ? [now] : parts;
        return Reflect.construct(RealDate, made, new.target === InjectedDate ? RealDate : new.target);
    };
    InjectedDate.prototype = RealDate.prototype;
    InjectedDate.now = () => now;
    InjectedDate.parse = RealDate.parse;
    InjectedDate.UTC = RealDate.UTC;
    Object.defineProperty(InjectedDate, "length", { value: 7 });
    RealDate.prototype.constructor = InjectedDate;
    globals.Date = InjectedDate;
    const formats = Intl.DateTimeFormat.prototype;
    const format = Object.getOwnPropertyDescriptor(formats, "format").get;
    const formatToParts = formats.formatToParts;
    Object.defineProperty(formats, "format", {
        configurable: true,
        get() {
            const bound = format.call(this);
            return (moment) => bound(moment === undefined ? now : moment);
        },
    });
    formats.formatToParts = function (moment) {
        return formatToParts.call(this, moment === undefined ? now : moment);
    };

    // --- random numbers: from the seed, the script and the row, whatever the order of the rows
    let rowText = "";
    let state = null;
    const hash = (text, start) => {
        let value = start;
        for (let i = 0; i < text.length; i++) {
            value = Math.imul(value ^ text.charCodeAt(i), 16777619);
        }
        return value >>> 0;
    };
    Math.random = () => {
        if (state === null) {
            state = hash(rowText, hash(script, hash(String(seed), 2166136261)));
        }
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };

    // --- what mapping scripts are used to
    globals.deleteDiacriticalMarks = (text) =>
        text === null || text === undefined ? text : String(text).normalize("NFD").replace(/[\u0300-\u036f]/g, "");

    // --- implicit globals: the global object's prototype catches what is set on it and forgets it after the row
    let implicit = Object.create(null);
    Object.setPrototypeOf(globals, new Proxy(Object.create(null), {
        has: (_, name) => name in implicit || name in Object.prototype,
        get: (_, name) => (name in implicit ? implicit[name] : Object.prototype[name]),
        set: (_, name, value) => {
            implicit[name] = value;
            return true;
        },
        deleteProperty: (_, name) => delete implicit[name],
        setPrototypeOf: () => false,
    }));
    // A global of the language that a script assigns to is put back after the row.
    const mentioned = Object.getOwnPropertyNames(globals).filter((name) => {
        const own = Object.getOwnPropertyDescriptor(globals, name);
        return own.writable && script.includes(name);
    });
    const originals = mentioned.map((name) => globals[name]);

    // V8 reads 2026-02-30 as the 2nd of March; such a text stays text.
    const dayExists = (text) => {
        const day = (text.charCodeAt(8) - 48) * 10 + text.charCodeAt(9) - 48;
        return day <= 28 || new RealDate(text.slice(0, 10)).getUTCDate() === day;
    };
    const moments = new Map(); // the same dates come back on thousands of rows
    const revive = (value) => {
        if (typeof value === "string") {
            if (value.charCodeAt(4) !== 45) {
                return value;
            }
            let moment = moments.get(value);
            if (moment === undefined) {
                moment = ISO.test(value) && dayExists(value) ? new RealDate(value).getTime() : null;
                moments.set(value, moment);
            }
            return moment === null ? value : new RealDate(moment);
        }
        if (isArray(value)) {
            for (let i = 0; i < value.length; i++) {
                value[i] = revive(value[i]);
            }
        } else if (typeof value === "object" && value !== null) {
            const fields = keys(value);
            for (let i = 0; i < fields.length; i++) {
                const item = value[fields[i]];
                if (typeof item === "string" ? item.charCodeAt(4) === 45 : typeof item === "object") {
                    value[fields[i]] = revive(item);
                }
            }
        }
        return value;
    };
    const LOOKS_DATED = /"\d{4}-\d\d-\d\d/;
    const read = (text, withDates) => {
        const value = parse(text);
        return withDates && LOOKS_DATED.test(text) ? revive(value) : value;
    };

    class NotAValue extends Error {}
    const encode = (value) => {
        switch (typeof value) {
            case "undefined":
                return "null";
            case "boolean":
                return value ? "true" : "false";
            case "number":
                if (value - value !== 0) {
                    throw new NotAValue(`its value is ${value}, which is no number`);
                }
                return String(value);
            case "string":
            case "bigint": {
                const text = String(value);
                if (text.length > MAX_TEXT) {
                    throw new NotAValue(`its value is a text of ${text.length} characters`);
                }
                return stringify(text);
            }
            case "object": {
                if (value instanceof RealDate && value.getTime() !== value.getTime()) {
                    throw new NotAValue("its value is an invalid date");
                }
                if (value instanceof Promise) {
                    throw new NotAValue("its value is a promise");
                }
                const text = stringify(value);
                if (text !== undefined && text.length > MAX_TEXT) {
                    throw new NotAValue(`its value is ${text.length} characters long`);
                }
                return text === undefined ? "null" : text;
            }
            default:
                throw new NotAValue(`its value is a ${typeof value}`);
        }
    };
    const reason = (thrown) => {
        try {
            if (thrown instanceof NotAValue) {
                return thrown.message;
            }
            const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
            return text.length > MAX_REASON ? text.slice(0, MAX_REASON) + "…" : text;
        } catch (unused) {
            return "something that has no text";
        }
    };

    // --- a script that cannot be parsed is found once: `throw` comes before anything of it runs
    const marker = {};
    globals.__marker = marker;
    const isMarker = sloppyEval("(function(){eval('throw __marker;\\n' + arguments[0])})");
    let unreadable = null;
    try {
        isMarker(script);
    } catch (thrown) {
        unreadable = thrown === marker ? null : reason(thrown);
    }
    delete globals.__marker;
    // Sloppy mode, and a scope of its own for what the script declares: nothing of it outlives the call.
    const call = sloppyEval(`(function(${names.join(",")}){return eval(arguments[${names.length}])})`);
    const dynamic = /\b(?:eval|Function|arguments)\b/.test(script);
    const wanted = names.map((name) => dynamic || new RegExp(`\\b${name}\\b`).test(script));
    const revived = names.map((name) => dated.includes(name));

    return function run(payload) {
        if (unreadable !== null) {
            return stringify({ syntax: unreadable });
        }
        const lines = payload.split("\n");
        const width = names.length;
        const count = lines.length / width;
        const values = [];
        const failures = [];
        const given = new Array(width + 1);
        given[width] = script;
        for (let row = 0; row < count; row++) {
            let text = "null";
            state = null;
            try {
                rowText = lines[row * width + width - 1];
                for (let i = 0; i < width; i++) {
                    given[i] = wanted[i] ? read(lines[row * width + i], revived[i]) : undefined;
                }
                text = encode(call.apply(undefined, given));
            } catch (thrown) {
                failures.push([row, reason(thrown)]);
            }
            implicit = Object.create(null);
            for (let i = 0; i < mentioned.length; i++) {
                if (globals[mentioned[i]] !== originals[i]) {
                    globals[mentioned[i]] = originals[i];
                }
            }
            values.push(text);
        }
        return `{"values":[${values.join(",")}],"failures":${stringify(failures)}}`;
    };
})
