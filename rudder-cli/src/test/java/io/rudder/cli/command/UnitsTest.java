package io.rudder.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1.00 KiB", "15360,15.0 KiB", "524288,512 KiB", "3e9,2.79 GiB"})
    void bytes(double bytes, String text) {
        assertThat(Units.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0 bit/s", "1,8 bit/s", "125,1.00 kbit/s", "1.25e9,10.0 Gbit/s"})
    void bitsPerSecond(double bytesPerSecond, String text) {
        assertThat(Units.bitsPerSecond(bytesPerSecond)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "999,999", "1500,1.50 k", "12345678,12.3 M"})
    void counts(double count, String text) {
        assertThat(Units.count(count)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "-1,0.0 s",
        "0.24,0.2 s",
        "59,59 s",
        "60,1 min",
        "61,1 min 1 s",
        "3600,1 h",
        "11520,3 h 12 min",
        "86400,1 d",
        "180000,2 d 2 h"
    })
    void durations(double seconds, String text) {
        assertThat(Units.duration(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0 %", "0.5,50 %", "0.0125,1.25 %", "1,100 %"})
    void percents(double ratio, String text) {
        assertThat(Units.percent(ratio)).isEqualTo(text);
    }
}
