using System.Globalization;
using System.Runtime.InteropServices;
using Inpaint.Medical.Benchmarks;

// benchmarks [reading|filling|program|nifti|validation|receive|network|soak|mutations…] [--mutants N] [--write FILE]
string[] known = ["reading", "filling", "program", "nifti", "validation", "receive", "network", "soak", "mutations"];
string? file = ValueOf("--write");
int mutants = int.Parse(ValueOf("--mutants") ?? "200000", CultureInfo.InvariantCulture);
string[] chosen = [.. args.Where(known.Contains)];
string inpaint = BuiltProgram("Inpaint.Medical.Cli", "inpaint");

string models = Path.Combine(Path.GetDirectoryName(inpaint)!, "models");

var sections = new Dictionary<string, Func<IEnumerable<Row>>>
{
    ["reading"] = ReadingBenchmarks.Run,
    ["filling"] = FillBenchmarks.Run,
    ["program"] = () => ProgramBenchmarks.Run(inpaint),
    ["nifti"] = () => NiftiBenchmarks.Run(inpaint),
    ["validation"] = () => ValidationBenchmarks.Run(inpaint),
    ["receive"] = () => ReceiveBenchmarks.Run(BuiltProgram("Inpaint.Medical.Worker", "inpaint-worker")),
    ["network"] = () => NetworkBenchmarks.Run(models),
    ["soak"] = () => NetworkBenchmarks.Soak(models),
    ["mutations"] = () => MutationBenchmarks.Run(mutants),
};
var rows = new List<Row>();
Console.WriteLine(Head());
foreach (string section in chosen.Length == 0 ? known : chosen)
{
    foreach (Row row in sections[section]())
    {
        Console.WriteLine(row.ToMarkdown());
        rows.Add(row);
    }
}

if (file is not null)
{
    File.WriteAllText(file, Page(rows));
}

return rows.All(row => row.IsReached != false) ? 0 : 1;

static string BuiltProgram(string project, string program) => Path.GetFullPath(
    Path.Combine(AppContext.BaseDirectory, "..", "..", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), program));

string? ValueOf(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

static string Head() => "| what | ours | peer, same run | asked | reached |\n|---|---|---|---|---|";

static string Page(IEnumerable<Row> rows) => $"""
    # Benchmarks

    Made by `./build.sh bench --write docs/benchmarks.md`. Both sides of a row were timed in turn in one run on one machine
    ({Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription.Trim()}, .NET {Environment.Version}); the best of seven counts. Ratios travel between
    machines, seconds do not.

    {Head()}
    {string.Join('\n', rows.Select(row => row.ToMarkdown()))}

    """;
