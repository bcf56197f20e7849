// The baseband's console.
#include "baseband.h"

static void show_source(const char *name, enum radio_source source) {
    struct radio_statistics s;
    radio_statistics(source, &s);
    print("%-12s %8u %8u %6u %6u %10u %10u\n", name, s.events, s.completed, s.missed, s.late, s.worst_release_ns, s.worst_response_ns);
}

static void show_voice(void) {
    struct voice_counts voice;
    struct phone_counts phone;
    do {
        voice = voice_counts;
        phone = phone_counts;
    } while (voice.encoded != voice_counts.encoded); // a frame came between
    const struct link_reader reader = phone_reader();
    print("voice        encoded %u, sent %u, late %u, decoded %u, digest %08x\n", voice.encoded, voice.sent, voice.late, voice.decoded,
          voice.digest);
    print("phone        spoke %u, silent %u before and %u since, %u gaps, %u too many\n", phone.spoken, phone.silent_before,
          phone.silent_since, phone.gaps, phone.too_many);
    print("link         received %u, lost %u, damaged %u, began anew %u\n", reader.received, reader.lost, reader.damaged, reader.sessions);
}

static void stat(void) {
    print("             events     done missed   late release_ns answer_ns, worst\n");
    show_source("gsm frame", GSM_FRAME);
    show_source("cdma frame", CDMA_FRAME);
    show_source("cdma group", CDMA_GROUP);
    print("gsm blocks   sent %u, received %u, wrong %u; bursts unheard %u\n", gsm_counts.sent, gsm_counts.received, gsm_counts.wrong, gsm_counts.unheard);
    print("cdma power   up %u, down %u; frames %08x\n", cdma_counts.up, cdma_counts.down, cdma_counts.sum);
    show_voice();
    const uint64_t permille = idle_ns() * 1000 / now_ns();
    print("call %s; up %lu ms, asleep %lu.%lu %%\n", call_state(), now_ns() / 1000000, permille / 10, permille % 10);
}

static void obey(const char *line) {
    if (equal(line, "stat")) stat();
    else if (starts_with(line, "dial ") && line[5]) call_dial(line + 5);
    else if (equal(line, "hang up")) call_hang_up();
    else if (equal(line, "off")) power_off();
    else if (line[0]) print("stat, dial NUMBER, hang up, off\n");
}

void application(void) {
    print("baseband: GSM and CDMA on one radio\n");
    if (!radio_init()) {
        print("baseband: this board has no radio\n");
        power_off();
    }
    gsm_start();
    cdma_start();
    voice_start();
    call_start();
    radio_start(1 << GSM_FRAME | 1 << CDMA_FRAME | 1 << CDMA_GROUP);
    for (;;) {
        char line[64];
        print("baseband> ");
        console_read_line(line, sizeof line);
        obey(line);
    }
}
