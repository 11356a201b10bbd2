import ArgumentParser
import Foundation

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
        let command: any ParsableCommand
        do { command = try parseAsRoot() } catch {
            // What is wrong with the options is told once, not by each of the ranks that were started with them.
            guard StartedRanks.isFirst else {
                // `mpirun` ends all ranks once one has ended: the first speaks before.
                sleep(1)
                _exit(exitCode(for: error).rawValue)
            }
            exit(withError: error)
        }
        do {
            var command = command
            try command.run()
        } catch { exit(withError: error) }
    }
}
