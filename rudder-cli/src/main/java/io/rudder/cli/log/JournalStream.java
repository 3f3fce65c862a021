package io.rudder.cli.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether what the process writes goes to the journal. */
final class JournalStream {
    private JournalStream() {}

    /**
     * Compares a stream with what systemd says the journal's is (systemd.exec(5), JOURNAL_STREAM): the variable alone
     * does not tell, since it is handed on to processes whose streams go elsewhere.
     *
     * @param variable the value of JOURNAL_STREAM, device:inode; null if it is not set
     * @param stream the stream's file
     */
    static boolean is(String variable, Path stream) {
        if (variable == null) {
            return false;
        }
        try {
            return variable.equals(
                    Files.getAttribute(stream, "unix:dev") + ":" + Files.getAttribute(stream, "unix:ino"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
