import ArgumentParser

@main
struct InklingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inkling",
        abstract: "A neural network built from nothing, to watch while it learns.",
        discussion: "Without a subcommand it opens the dashboard and trains on MNIST.",
        subcommands: [
            DashboardCommand.self, RecordCommand.self, LessonsCommand.self, TrainCommand.self, SweepCommand.self,
            EvaluateCommand.self, ClassifyCommand.self, CalibrateCommand.self, ConvertCommand.self, TeachCommand.self,
            BenchCommand.self, GradientCheckCommand.self,
        ],
        defaultSubcommand: DashboardCommand.self)

    static func main() {
        Output.prepare()
        main(nil)
    }
}
