using System.CommandLine;

namespace Inpaint.Medical.Cli.Commands;

/// <summary>Options that several commands have, with one wording.</summary>
internal static class SharedOptions
{
    public static Argument<string[]> Paths()
    {
        Argument<string[]> paths = new("PATH")
        {
            Description = "Folders, files, patterns or zip archives of DICOM images.",
            Arity = ArgumentArity.OneOrMore,
        };

        // A mistyped option would otherwise be taken for a path.
        paths.Validators.Add(result =>
        {
            foreach (string token in result.Tokens.Select(token => token.Value).Where(token => token.StartsWith('-')))
            {
                result.AddError($"Unknown option '{token}'; a path that begins with '-' is written './{token}'.");
            }
        });
        return paths;
    }

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document (docs/cli.md)." };

    public static Option<string?> Protocol() => new("--protocol")
    {
        Description = "Name of a protocol; without it the one that matches each series.",
        HelpName = "NAME",
    };

    public static Option<string?> ProtocolFolder() => new("--protocols")
    {
        Description = "Folder of protocols instead of those that travel with the program.",
        HelpName = "DIR",
    };

    public static Option<string?> Slices() => new("--slices", "--missing")
    {
        Description = "Slices of the grid to be rebuilt, counted from 0: 10,20-23.",
        HelpName = "LIST",
    };

    public static Option<string?> Mask() => new("--mask")
    {
        Description = "NIfTI mask of the voxels to be rebuilt, on the same grid.",
        HelpName = "FILE",
    };

    /// <summary>A whole number of seconds, 0 for none, at most an hour.</summary>
    public static Option<int> Adapt()
    {
        Option<int> option = new("--adapt") { Description = "Fit the learned method to each series' own visible slices first, for about so long; used only where it helps.", HelpName = "SECONDS" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, System.Globalization.CultureInfo.InvariantCulture, out int seconds) && seconds is < 0 or > 3600)
            {
                result.AddError(FormattableString.Invariant($"--adapt {seconds}: expected 0 to 3600 seconds."));
            }
        });
        return option;
    }
}
