// SPDX-License-Identifier: GPL-3.0-or-later
import QtQuick
import QtQuick.Controls.Basic
import Loquat
import Loquat.Models

/// How the console looks. What the backend does is set where it starts.
Item {
    id: page

    required property ThemeSettings settings

    Column {
        spacing: 14
        width: Math.min(560, parent.width - 64)
        x: 32
        y: 28

        BodyText {
            Accessible.name: text
            Accessible.role: Accessible.Heading
            font.pixelSize: Theme.title
            font.weight: Font.DemiBold
            text: qsTr("Settings")
        }

        SectionTitle { text: qsTr("Appearance") }

        SegmentedChoice {
            choices: [qsTr("As the system"), qsTr("Light"), qsTr("Dark")]
            current: page.settings.mode

            onChosen: index => page.settings.mode = index
        }

        CheckBox {
            id: motion

            Accessible.name: text
            checked: page.settings.reducedMotion
            leftPadding: 0
            text: qsTr("Reduce motion")

            contentItem: BodyText {
                leftPadding: motion.indicator.width + 10
                text: motion.text
                verticalAlignment: Text.AlignVCenter
            }
            indicator: Rectangle {
                border.color: Theme.edge
                color: motion.checked ? Theme.accentFill : Theme.raised
                height: 18
                radius: 5
                width: 18
                y: (motion.height - height) / 2

                FocusRing { control: motion }

                Icon {
                    anchors.centerIn: parent
                    height: 14
                    path: Icons.check
                    stroke: 2.6
                    tone: Theme.onFill
                    visible: motion.checked
                    width: 14
                }
            }

            onToggled: page.settings.reducedMotion = checked
        }

        SectionTitle {
            text: qsTr("Backend")
            topPadding: 12
        }

        SelectableText {
            color: Theme.dim
            text: qsTr("Models, keys, the store and the port are read at the start, from the command line, the environment, a .env file or loquat.json; the README lists them. What they come to, and whether all of it works:")
            width: parent.width
        }

        CommandLine {
            command: "loquat doctor"
            width: parent.width
        }
    }
}
