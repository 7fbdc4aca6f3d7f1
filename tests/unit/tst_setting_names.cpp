// SPDX-License-Identifier: GPL-3.0-or-later
#include "setting_names.h"

#include <QTest>

using namespace loquat;
using namespace Qt::StringLiterals;

namespace {

QHash<QString, QString> set(const QStringList &names)
{
    QHash<QString, QString> all;
    for (const QString &name : names)
        all.insert(name, u"x"_s);
    return all;
}

} // namespace

/// Protects whoever mistypes a setting's name: it would be passed over in silence, a token with it.
class TestSettingNames : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSlipOfThePenIsNamedWithWhatWasMeant()
    {
        const QStringList expected{u"LOQUAT_OPERATER_TOKEN is no setting: is LOQUAT_OPERATOR_TOKEN meant?"_s,
                                   u"OPENAI_MODLE is no setting: is OPENAI_MODEL meant?"_s};
        const auto names = set({u"OPENAI_MODLE"_s, u"LOQUAT_OPERATER_TOKEN"_s});
        QCOMPARE(notesOnSlips(names, {}), expected);
        QCOMPARE(notesOnSlips({}, names), expected);
        QCOMPARE(notesOnSlips(names, names), expected);
    }

    void slipsInShortWordsAreNamedToo()
    {
        const auto names = set({u"OPENAI_API_KYE"_s, u"SUPABASE_DB_ULR"_s, u"SUPABASE_SERVICEROLEKEY"_s,
                                u"OPENAI_APIKEYS"_s, u"LOQUAT_AUHT"_s, u"LOQUAT_TLS_CRET"_s});
        QCOMPARE(notesOnSlips({}, names).size(), names.size());
    }

    void shortWordsAreNotTakenForEachOther()
    {
        const auto names = set({u"SUPABASE_REF"_s, u"SUPABASE_S3_URL"_s, u"SUPABASE_SSL"_s});
        QVERIFY(notesOnSlips(names, names).isEmpty());
    }

    void inTheEnvFileAllOfLoquatsNamesAreSettings()
    {
        const auto names = set({u"LOQUAT_PORT"_s});
        QCOMPARE(notesOnSlips(names, {}).size(), 1);
        QVERIFY(notesOnSlips({}, names).isEmpty()); // Kubernetes sets this one, of a service of that name
    }

    void othersNamesAreTheirs()
    {
        const auto names = set({u"PATH"_s, u"OPENAI_MODEL"_s, u"OPENAI_MODEL_2"_s, u"OPENAI2_API_KEY"_s,
                                u"MY_BOX_MODEL"_s, u"SUPABASE_ANON_KEY"_s, u"SHOP_KEY"_s, u"DATABASE_URL"_s});
        QVERIFY(notesOnSlips(names, names).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestSettingNames)
#include "tst_setting_names.moc"
