import com.adobe.epubcheck.tool.EpubChecker;

/** EPUBCheck on each file that is named, in one JVM: it takes three seconds to start and half of one for a book. */
public class EpubCheckAll {
    public static void main(String[] epubs) {
        int complaints = 0;
        for (String epub : epubs) {
            complaints += new EpubChecker().run(new String[] {"--failonwarnings", epub});
        }
        System.exit(complaints == 0 ? 0 : 1);
    }
}
