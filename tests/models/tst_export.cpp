// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/export_model.h"
#include "scripted_link.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace loquat;
using namespace loquat::fakes;
using namespace Qt::StringLiterals;

/// Protects a file that is on its way while the person looks at something else.
class TestExport : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFileIsWrittenAlsoWhenAnotherSessionIsLookedAt()
    {
        const QTemporaryDir folder;
        ScriptedLink link;
        link.holdLoads = true;
        ExportModel saving(link);
        saving.setFolder(folder.path());
        saving.setSession(u"a"_s);
        saving.save();
        QVERIFY(saving.isBusy());
        saving.setSession(u"b"_s);
        QVERIFY(!saving.isBusy());
        QVERIFY(saving.message().isEmpty());
        saving.setSession(u"a"_s);
        saving.save(); // it is on its way
        QCOMPARE(link.exports.size(), 1);
        QCOMPARE(saving.message(), u"Saving …"_s);
        saving.setSession(u"b"_s);
        link.release();
        QFile file(folder.filePath(u"a.json"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), "the file\n");
        QVERIFY(saving.message().isEmpty());
        saving.setSession(u"a"_s);
        QCOMPARE(saving.message(), u"Saved to %1"_s.arg(file.fileName()));
        QVERIFY(!saving.isBusy());
    }
};

QTEST_GUILESS_MAIN(TestExport)
#include "tst_export.moc"
